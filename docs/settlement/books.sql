-- The books of a month in Amazon Athena, from an export of kasir's table to S3 in DynamoDB JSON; see ../settlement.md.
-- Run the statements one by one. Change the LOCATION, and the two times of the month in statements 3 and 4.

-- 1. The export: one item a line.
CREATE EXTERNAL TABLE kasir_export (line string)
LOCATION 's3://<bucket>/books/AWSDynamoDB/<export>/data/';

-- 2. Each movement of money: the term of the books, the order, the time in milliseconds, and the amount in rupiah.
CREATE OR REPLACE VIEW kasir_money AS
WITH items AS (
  SELECT json_extract_scalar(line, '$.Item.pk.S') AS pk, json_extract(line, '$.Item') AS item
  FROM kasir_export
  WHERE json_extract_scalar(line, '$.Item.v.N') IS NOT NULL
), orders AS (
  SELECT substr(pk, 7) AS invoice, item, CAST(json_extract_scalar(item, '$.c.N') AS bigint) AS created,
    CAST(json_extract_scalar(item, '$.f.M.p.M.a.N') AS bigint) AS paid,
    CAST(json_extract_scalar(item, '$.f.M.c.M.a.N') AS bigint) AS captured,
    json_extract_scalar(item, '$.f.M.h.M.a.N') IS NOT NULL AS authorized,
    coalesce(json_extract(item, '$.f.M.c.M'), json_extract(item, '$.f.M.p.M')) AS taken
  FROM items
  WHERE pk LIKE 'order#%'
), batches AS (
  SELECT substr(pk, 12) AS batch, CAST(json_extract_scalar(item, '$.o.N') AS bigint) AS paid_out, item
  FROM items
  WHERE pk LIKE 'settlement#%'
), sums AS (
  SELECT batch, paid_out,
    sum(CAST(coalesce(json_extract_scalar(s, '$.M.f.N'), '0') AS bigint)) AS fee,
    sum(CAST(coalesce(json_extract_scalar(s, '$.M.d.N'), '0') AS bigint)) AS discount,
    sum(CAST(coalesce(json_extract_scalar(s, '$.M.n.N'), '0') AS bigint)) AS net
  FROM batches CROSS JOIN UNNEST(CAST(json_extract(item, '$.k.L') AS array(json))) AS u(s)
  WHERE json_extract_scalar(s, '$.M.k.S') <> 'other'
  GROUP BY batch, paid_out
), refunds AS (
  SELECT invoice, json_extract_scalar(op, '$.M.s.S') AS state,
    CAST(json_extract_scalar(op, '$.M.d.N') AS bigint) AS done,
    CAST(json_extract_scalar(op, '$.M.a.N') AS bigint) AS amount
  FROM orders CROSS JOIN UNNEST(CAST(json_extract(item, '$.o.L') AS array(json))) AS u(op)
  WHERE json_extract_scalar(op, '$.M.k.S') IN ('r', 'refund')
), withdrawn AS (
  SELECT invoice, json_extract_scalar(w, '$.M.i.S') AS id
  FROM orders CROSS JOIN UNNEST(CAST(json_extract(item, '$.f.M.y.L') AS array(json))) AS u(w)
), reports AS (
  SELECT invoice, created, coalesce(paid, captured) IS NULL AND authorized AS untaken,
    json_extract_scalar(m, '$.M.k.S') AS kind, json_extract_scalar(m, '$.M.s.S') AS source,
    coalesce(json_extract_scalar(m, '$.M.r.S'), '') AS ref, coalesce(json_extract_scalar(m, '$.M.i.S'), '') AS refund,
    CAST(coalesce(json_extract_scalar(m, '$.M.a.N'), '0') AS bigint) AS amount,
    CAST(coalesce(json_extract_scalar(m, '$.M.t.N'), '0') AS bigint) AS reported,
    CAST(coalesce(json_extract_scalar(m, '$.M.l.N'), '0') AS bigint) AS delay
  FROM orders CROSS JOIN UNNEST(CAST(json_extract(item, '$.f.M.v.L') AS array(json))) AS u(m)
), standing AS (
  SELECT r.invoice, r.untaken, r.kind, CASE r.kind WHEN 'void' THEN 'refund' ELSE r.kind END AS kinds, r.source, r.ref,
    r.amount, split_part(r.ref, ':', 1) AS batch,
    CASE WHEN r.source = 'settlement' THEN coalesce(b.paid_out, r.reported + r.delay)
      ELSE greatest(least(r.reported, r.reported + r.delay), r.created - 300000) END AS happened
  FROM reports r
  LEFT JOIN withdrawn w ON w.invoice = r.invoice AND w.id = lower(substr(to_hex(sha256(to_utf8(
    r.kind || '|' || r.source || '|' || r.ref || '|' || r.refund || '|' || CAST(r.amount AS varchar)))), 1, 12))
  LEFT JOIN sums b ON r.source = 'settlement' AND b.batch = split_part(r.ref, ':', 1)
  WHERE w.id IS NULL AND r.kind IN ('refund', 'void', 'chargeback', 'chargeback_reversed')
), counts AS (
  SELECT invoice, kinds, amount, source, count(*) AS reported, min(happened) AS happened
  FROM standing
  WHERE NOT untaken
  GROUP BY invoice, kinds, amount, source
), elsewhere AS (
  SELECT c.invoice, c.kinds, c.amount, min(c.happened) AS happened,
    max(c.reported - CASE WHEN c.kinds = 'refund' AND c.source <> 'record' THEN coalesce(o.own, 0) ELSE 0 END) AS times
  FROM counts c
  LEFT JOIN (SELECT invoice, amount, count(*) AS own FROM refunds WHERE state <> 'refused' GROUP BY invoice, amount) o
    ON o.invoice = c.invoice AND o.amount = c.amount
  GROUP BY c.invoice, c.kinds, c.amount
), sales AS (
  SELECT invoice, least(coalesce(captured, paid), coalesce(paid, captured)) AS taken, json_extract_scalar(s, '$.M.b.S') AS batch,
    CAST(json_extract_scalar(s, '$.M.a.N') AS bigint) AS amount,
    CAST(coalesce(json_extract_scalar(s, '$.M.f.N'), '0') AS bigint) AS fee,
    CAST(coalesce(json_extract_scalar(s, '$.M.d.N'), '0') AS bigint) AS discount,
    CAST(coalesce(json_extract_scalar(s, '$.M.n.N'), '0') AS bigint) AS net,
    CAST(coalesce(json_extract_scalar(s, '$.M.p.N'), '0') AS bigint) AS happened
  FROM orders CROSS JOIN UNNEST(CAST(json_extract(item, '$.f.M.s.L') AS array(json))) AS u(s)
), known AS (
  SELECT 'taken' AS term, invoice, '' AS batch,
    greatest(least(CAST(json_extract_scalar(taken, '$.t.N') AS bigint), CAST(json_extract_scalar(taken, '$.t.N') AS bigint)
      + CAST(coalesce(json_extract_scalar(taken, '$.l.N'), '0') AS bigint)), created - 300000) AS happened,
    least(coalesce(captured, paid), coalesce(paid, captured)) AS amount
  FROM orders
  WHERE taken IS NOT NULL
  UNION ALL SELECT 'refunded', invoice, '', done, amount FROM refunds WHERE state = 'done'
  UNION ALL SELECT 'refunded', invoice, '', happened, amount * times FROM elsewhere WHERE kinds = 'refund' AND times > 0
  UNION ALL SELECT 'chargebacks', invoice, '', happened, amount * times FROM elsewhere WHERE kinds = 'chargeback'
  UNION ALL SELECT 'chargebacks', invoice, '', happened, -amount * times FROM elsewhere WHERE kinds = 'chargeback_reversed'
  UNION ALL SELECT 'fees', invoice, batch, happened, fee FROM sales
  UNION ALL SELECT CASE WHEN taken = amount - discount THEN 'promo' ELSE 'discounts' END, invoice, batch, happened, discount
    FROM sales
  UNION ALL SELECT 'settled', invoice, batch, happened, net FROM sales
  UNION ALL SELECT 'settled', invoice, batch, happened, CASE kind WHEN 'chargeback_reversed' THEN amount ELSE -amount END
    FROM standing WHERE source = 'settlement'
), applied AS (
  SELECT batch, sum(CASE term WHEN 'fees' THEN amount ELSE 0 END) AS fee,
    sum(CASE WHEN term IN ('discounts', 'promo') THEN amount ELSE 0 END) AS discount,
    sum(CASE term WHEN 'settled' THEN amount ELSE 0 END) AS net
  FROM known
  WHERE batch <> ''
  GROUP BY batch
)
SELECT term, invoice, happened, amount FROM known WHERE amount <> 0 AND term <> 'promo'
UNION ALL SELECT 'fees', '', s.paid_out, s.fee - coalesce(a.fee, 0)
  FROM sums s LEFT JOIN applied a ON a.batch = s.batch WHERE s.fee <> coalesce(a.fee, 0)
UNION ALL SELECT 'discounts', '', s.paid_out, s.discount - coalesce(a.discount, 0)
  FROM sums s LEFT JOIN applied a ON a.batch = s.batch WHERE s.discount <> coalesce(a.discount, 0)
UNION ALL SELECT 'settled', '', s.paid_out, s.net - coalesce(a.net, 0)
  FROM sums s LEFT JOIN applied a ON a.batch = s.batch WHERE s.net <> coalesce(a.net, 0);

-- 3. The terms of November 2026. Balance is outstanding and differences together: at the beginning, and at the end.
WITH month AS (
  SELECT (to_unixtime(TIMESTAMP '2026-11-01 00:00:00') - 25200) * 1000 AS begins,
    (to_unixtime(TIMESTAMP '2026-12-01 00:00:00') - 25200) * 1000 AS ends
), signed AS (
  SELECT CASE WHEN happened >= begins THEN term ELSE 'brought_forward' END AS term,
    CASE WHEN happened >= begins OR term = 'taken' THEN amount ELSE -amount END AS amount,
    CASE term WHEN 'taken' THEN amount ELSE -amount END AS owed
  FROM kasir_money CROSS JOIN month
  WHERE happened < ends
)
SELECT term, sum(amount) AS amount FROM signed GROUP BY term
UNION ALL SELECT 'balance', sum(owed) FROM signed;

-- 4. The orders whose balance is not 0 at the end of November 2026: outstanding, or a difference.
WITH month AS (
  SELECT (to_unixtime(TIMESTAMP '2026-12-01 00:00:00') - 25200) * 1000 AS ends
)
SELECT invoice, sum(CASE term WHEN 'taken' THEN amount ELSE -amount END) AS balance,
  sum(CASE term WHEN 'taken' THEN amount ELSE 0 END) AS taken,
  sum(CASE term WHEN 'refunded' THEN amount ELSE 0 END) AS refunded,
  sum(CASE term WHEN 'chargebacks' THEN amount ELSE 0 END) AS chargebacks,
  sum(CASE term WHEN 'fees' THEN amount ELSE 0 END) AS fees,
  sum(CASE term WHEN 'discounts' THEN amount ELSE 0 END) AS discounts,
  sum(CASE term WHEN 'settled' THEN amount ELSE 0 END) AS settled
FROM kasir_money CROSS JOIN month
WHERE happened < ends
GROUP BY invoice
HAVING sum(CASE term WHEN 'taken' THEN amount ELSE -amount END) <> 0
ORDER BY invoice;
