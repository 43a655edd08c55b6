"""What is said into a reply, by what a listener would expect to come of it.

Written before the package's lists of words were tried with any voice, and not looked at again for
them; the same author wrote both. The third kind is neither: who says it wants to be heard, but no
list of words can know that.
"""

from __future__ import annotations

LISTENS = (
    "Mm-hmm.",
    "Uh-huh.",
    "Yes.",
    "Yeah.",
    "Right.",
    "Okay.",
    "Sure.",
    "I see.",
    "Got it.",
    "Great.",
    "Of course.",
    "Oh, wow.",
    "Yes, exactly.",
    "Okay, sure.",
    "That makes sense.",
    "Ah, interesting.",
    "Yeah, I know.",
    "All right, go on.",
    "Hmm.",
    "Oh really?",
    "Very good.",
    "Cool, thanks.",
    "Yes, yes, I understand.",
    "No problem.",
)
ENDS = (
    "Stop.",
    "Wait.",
    "No.",
    "Stop it.",
    "Hold on.",
    "Wait a minute.",
    "No, no, no.",
    "Stop, please.",
    "Okay, stop.",
    "Cancel.",
    "Never mind.",
    "That's enough.",
    "Please be quiet.",
    "Excuse me.",
    "Hang on a second.",
    "No, that's wrong.",
    "Yeah, but wait.",
    "Can you stop?",
    "One moment, please.",
    "Shut up.",
    "Forget it.",
    "Well, no.",
    "Not that one.",
    "Sorry, stop there.",
)
ASKS = (
    "What about tomorrow?",
    "How much is it?",
    "And in Celsius?",
    "I meant the other one.",
    "Where is that exactly?",
    "Yes, but how long does it take?",
    "Tell me about the weather instead.",
    "My name is Thomas.",
    "Okay, and what does it cost?",
    "Can you say that again?",
    "I have a different question.",
    "Right, so where do I go now?",
)
