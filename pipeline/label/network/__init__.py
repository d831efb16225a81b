"""The line network: hashed line vectors and one bidirectional quasi-recurrent layer, by numpy alone."""
