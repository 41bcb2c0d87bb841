"""What `benchmarks/grading.py` is made of: a homework, a class that hands it in, and the tools that grade it."""
