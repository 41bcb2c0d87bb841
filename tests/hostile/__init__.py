"""Submissions that attack the grader: each module holds the attacks of one kind."""
