"""Photographs with labels from wherever they are: gathered, looked through for what is wrong, and split."""

from imgrec_lib.collecting.gathering import gather
from imgrec_lib.collecting.problems import print_problems
from imgrec_lib.collecting.records import Collection, Listed, Problem
from imgrec_lib.collecting.splitting import split

__all__ = ["Collection", "Listed", "Problem", "gather", "print_problems", "split"]
