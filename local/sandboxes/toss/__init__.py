"""A stand-in for Toss Payments: its API of 2022-11-16, its payment page and its webhooks."""
