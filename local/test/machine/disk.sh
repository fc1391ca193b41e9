# A disk that fills up while orders are written stops kasir local with an error that names it, and so does the next start.
set -euo pipefail
mnt=$(mktemp -d)
trap 'rmdir "$mnt"' EXIT
$ROOT unshare -m bash -c '
set -euo pipefail
mnt=$2; log=$(mktemp); trap "rm -f $log" EXIT
mount -t tmpfs -o size=1m tmpfs "$mnt"
"$1" local --data "$mnt" --port 28400 >"$log" 2>&1 &
local=$!
until grep -q "kasir is running" "$log"; do kill -0 $local || { cat "$log"; exit 1; }; sleep 0.05; done
dd if=/dev/zero of="$mnt/filler" bs=1k count=4096 2>/dev/null || true
token=$(curl -s http://127.0.0.1:28400/dev/token -H "accept: text/plain")
for i in $(seq 1 200); do
  kill -0 $local 2>/dev/null || break
  curl -s -o /dev/null --max-time 30 http://127.0.0.1:28400/payments -H "authorization: Bearer $token" -H "content-type: application/json" \
    -d "{\"order\":{\"invoice_number\":\"FULL-$i\",\"amount\":90000},\"customer\":{\"email\":\"budi@example.com\"}}" || true
done
if wait $local; then echo "kasir local goes on without a disk"; exit 1; fi
tail -1 "$log"
tail -1 "$log" | grep -q "^kasir: the disk of the data folder $mnt/dynamodb is full: free some space and start again"
if "$1" local --data "$mnt" --port 28400 >"$log" 2>&1; then exit 1; fi
cat "$log"
grep -q "^kasir: the disk of the data folder $mnt/dynamodb is full" "$log"
' - "$KASIR" "$mnt"
