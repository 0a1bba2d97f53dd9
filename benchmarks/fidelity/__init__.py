"""How near results come to an artist's own works."""
