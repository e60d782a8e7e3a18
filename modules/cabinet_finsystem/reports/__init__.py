"""What the head reads: income and costs by article, balances and debts by age. All of it is read, nothing is written."""
