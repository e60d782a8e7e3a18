"""Articles of income and cost: the owner's tree, and the rules that sort expenses into it."""
