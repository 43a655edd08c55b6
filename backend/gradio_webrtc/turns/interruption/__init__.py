"""Whether somebody who speaks into a reply wants it to end."""
