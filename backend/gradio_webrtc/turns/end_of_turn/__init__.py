"""Whether somebody who paused has finished."""
