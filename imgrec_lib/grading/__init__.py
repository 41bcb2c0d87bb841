"""The instructor's side: a folder of notebooks in, scores and reasons out, and nothing harmed by what is in them.

The judge draws cases, sends them to a worker that runs the learner's code, and compares what comes back in its own
process. `submissions` reads what was handed in, `selecting` says which cells run, `sandbox` keeps workers apart,
`remote` and `judge` give the verdicts, `classroom` grades a class, and `report` writes what an instructor reads.
"""
