"""How many sessions one core serves, and what each costs, from one to many."""
