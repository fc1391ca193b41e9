# The parts find each other on a machine where localhost is only ::1, or has no address.
set -euo pipefail
hosts=$(mktemp)
trap 'rm -f "$hosts"' EXIT
for content in '::1 localhost' '203.0.113.1 localhost' ''; do
  echo "$content" >"$hosts"
  said=$($ROOT unshare -m bash -c 'mount --bind "$1" /etc/hosts && exec "$2" demo' - "$hosts" "$KASIR" 2>&1) || { echo "hosts \"$content\": $said"; exit 1; }
  [[ $said == *'200 PAID'* ]] || { echo "hosts \"$content\": $said"; exit 1; }
  echo "hosts \"$content\": PAID"
done
