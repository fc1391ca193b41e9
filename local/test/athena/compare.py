"""Compares docs/settlement/books.sql with kasir books on one export, for four months."""

import json
import re
import subprocess
import sys

import duckdb
import sqlglot

MONTHS = ["2026-09", "2026-10", "2026-11", "2026-12", "2027-01"]


def statements():
    """Returns the statements in DuckDB's dialect. Functions that DuckDB has under other names are replaced."""
    with open("docs/settlement/books.sql", encoding="utf-8") as file:
        parsed = sqlglot.parse(file.read(), read="athena")
    all_of = [s.sql(dialect="duckdb", unsupported_level=sqlglot.ErrorLevel.IGNORE) for s in parsed]
    digest = re.compile(r"HEX\(SHA256\(TO_UTF8\((.*?AS TEXT\))\)\)\)")
    assert len(all_of) == 4 and digest.search(all_of[1]), "books.sql has other statements than this script knows"
    all_of[1] = digest.sub(r"SHA256(\1)", all_of[1])
    return all_of


def books(folder, month):
    said = subprocess.run(["bin/kasir", "books", "--export", folder, "--month", month, "--json"], check=True,
                          capture_output=True, text=True)
    return {a["term"]: a for a in json.loads(said.stdout)["accounts"]}


def main(folder):
    _, view, terms, orders = statements()
    database = duckdb.connect()
    database.execute(f"""CREATE TABLE kasir_export AS SELECT line FROM read_csv('{folder}/*.json.gz', delim='\x01',
        header=false, quote='', escape='', columns={{'line': 'VARCHAR'}}, max_line_size=10000000)""")
    database.execute("CREATE MACRO to_unixtime(x) AS epoch(x)")
    database.execute(view)
    compared = wrong = 0
    for month, following in zip(MONTHS, MONTHS[1:]):
        def of_month(text):
            return text.replace("2026-12-01", "<end>").replace("2026-11-01", month + "-01").replace(
                "<end>", following + "-01")
        accounts = books(folder, month)
        balances = {}
        for term in ("outstanding", "differences"):
            for line in accounts[term]["lines"]:
                invoice = line["invoice_number"]
                balances[invoice] = balances.get(invoice, 0) + line["amount"]
        want = {t: a["amount"] for t, a in accounts.items() if t not in ("outstanding", "differences")}
        want["balance"] = sum(balances.values())
        got = {term: int(amount or 0) for term, amount in database.execute(of_month(terms)).fetchall()}
        found = {row[0]: int(row[1]) for row in database.execute(of_month(orders)).fetchall()}
        pairs = [(t, got.get(t, 0), n) for t, n in want.items()]
        pairs += [(i, found.get(i, 0), balances.get(i, 0)) for i in set(balances) | set(found)]
        compared += len(pairs)
        for name, theirs, ours in pairs:
            if theirs != ours:
                wrong += 1
                print(f"{month} {name}: {theirs} by books.sql, {ours} by kasir books")
    print(f"{compared} amounts compared, {wrong} differ")
    return 1 if wrong or compared < 1000 else 0


sys.exit(main(sys.argv[1]))
