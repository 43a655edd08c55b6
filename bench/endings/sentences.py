"""What is said to end-of-turn detectors: sentences that are over, and beginnings of sentences.

Written before the lists of words in the package, and not looked at again for them; the lists were
written with the sentences in tests/unit/turns/end_of_turn. Both have the same author, so real
people will do worse than this. The beginnings stop where people stop to think: after a word that
has to go on, after a word that may be the last one, and after a filled pause.
"""

from __future__ import annotations

FINISHED = (
    "Could you play something quieter?",
    "We landed about an hour ago.",
    "My sister is called Margaret.",
    "Which one is the cheapest?",
    "That sounds wonderful, thank you.",
    "Cancel the second order, please.",
    "I have no idea what you are talking about.",
    "Who did you give it to?",
    "The invoice was paid in March.",
    "Can we move the meeting to Thursday?",
    "It never worked properly.",
    "Please spell it for me.",
    "How long does the repair take?",
    "Turn the heating on.",
    "There are seven of us.",
    "I don't think so.",
    "Yes, that is mine.",
    "What are you waiting for?",
    "He moved to Canada and opened a bakery.",
    "Send it to my office.",
    "Nothing else, that is all.",
    "Let's start again.",
    "The blue one looks better than the green one.",
    "Where do you come from?",
    "I only wanted to say hello.",
    "Is there anything I should bring along?",
    "Good morning.",
    "My account number is four four one nine.",
)

UNFINISHED = (
    "I ordered the shoes on Monday, but",
    "Could you send this letter to the",
    "We were thinking of going to",
    "The reason I am calling is that",
    "My daughter and",
    "So what I really wanted was, um",
    "He told me that if",
    "I need a flight from Berlin to",
    "It depends on whether",
    "She is looking for a",
    "When I opened the box",
    "My telephone number is",
    "The person who sold me this car",
    "I would prefer a room with",
    "Because the train was late",
    "Do you happen to have any",
    "I think we should probably",
    "Please remind me to call",
    "The first thing I noticed was",
    "There is something wrong with my",
    "Well, you know, it is kind of",
    "If the weather is good tomorrow",
    "I'd like two coffees, one tea, and",
    "Tell me which of these",
    "They have never",
    "What is the name of the",
    "I was born in the year nineteen",
    "Let me see, uh",
)
