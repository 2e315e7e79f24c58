"""How memories fade: the curve, what stops being offered, and how pictures are thinned to fit the disk."""
