"""Finished sentences of other languages, for recognisers and lists of words that know only English.

What such a recogniser makes of them is English that ends anywhere; nobody may be held up by that.
"""

from __future__ import annotations

VOICES = {
    "de": ("de", "de+f3", "de+m3"),
    "fr": ("fr-fr", "fr-fr+f3", "fr-fr+m3"),
    "es": ("es", "es+f3", "es+m3"),
}
"""Of espeak."""

SENTENCES = {
    "de": (
        "Wie spät ist es?",
        "Ich möchte einen Tisch für zwei Personen.",
        "Das Wetter ist heute sehr schön.",
        "Können Sie mir helfen?",
        "Der Zug nach München ist schon abgefahren.",
        "Meine Schwester wohnt in Hamburg.",
        "Wo ist der nächste Bahnhof?",
        "Danke, das ist alles.",
        "Ich habe keine Ahnung, wovon du sprichst.",
        "Bitte stornieren Sie die zweite Bestellung.",
        "Guten Morgen.",
        "Welches ist das billigste?",
        "Wir sind vor einer Stunde gelandet.",
        "Das hat nie richtig funktioniert.",
        "Ja, das gehört mir.",
        "Mach bitte die Heizung an.",
    ),
    "fr": (
        "Quelle heure est-il?",
        "Je voudrais une table pour deux personnes.",
        "Il fait très beau aujourd'hui.",
        "Pouvez-vous m'aider?",
        "Le train pour Lyon est déjà parti.",
        "Ma soeur habite à Bordeaux.",
        "Où est la gare la plus proche?",
        "Merci, c'est tout.",
        "Je ne sais pas de quoi tu parles.",
        "Annulez la deuxième commande, s'il vous plaît.",
        "Bonjour.",
        "Lequel est le moins cher?",
        "Nous avons atterri il y a une heure.",
        "Ça n'a jamais bien marché.",
        "Oui, c'est à moi.",
        "Allume le chauffage, s'il te plaît.",
    ),
    "es": (
        "¿Qué hora es?",
        "Quisiera una mesa para dos personas.",
        "Hoy hace muy buen tiempo.",
        "¿Puede ayudarme?",
        "El tren a Madrid ya ha salido.",
        "Mi hermana vive en Sevilla.",
        "¿Dónde está la estación más cercana?",
        "Gracias, eso es todo.",
        "No sé de qué estás hablando.",
        "Cancele el segundo pedido, por favor.",
        "Buenos días.",
        "¿Cuál es el más barato?",
        "Aterrizamos hace una hora.",
        "Nunca funcionó bien.",
        "Sí, es mío.",
        "Enciende la calefacción.",
    ),
}
