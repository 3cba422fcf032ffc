"""W3C's SPARQL 1.1 suites, run over HTTP against the app as it is started by `python server.py`.

manifest (what a test is) · dataset (its data) · service (the app with those data) · results, compare (answers read and compared) ·
queries, exchanges, protocols (the kinds of test) · verdict (what came of one) · report (table, page, EARL).
"""
