"""How the reader's weights were made: pairs, training, export, measuring. Never imported by the product."""
