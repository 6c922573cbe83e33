"""How far two samples are apart, with error bars."""
