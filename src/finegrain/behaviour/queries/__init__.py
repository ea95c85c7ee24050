"""What all behaviour queries share: their words, their periods, and the arrays that their kernels read."""
