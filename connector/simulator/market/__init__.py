"""What is traded and at what price: instruments and their rules, books, tape, candles, mark price, funding rate."""
