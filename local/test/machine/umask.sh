# A binary for Lambda has the same content and mode with every umask. The zip keeps the mode, and Lambda runs the function
# as another user.
set -euo pipefail
seen=""
for mask in 022 027 077; do
  (umask $mask; make --no-print-directory build ARCH=arm64 FUNCTIONS=getpayment)
  file=dist/arm64/getpayment/bootstrap
  now="$(stat -c %a $file) $(sha256sum <$file)"
  echo "umask $mask: $now"
  [[ $now == 755\ * ]] || { echo "the mode is not 755"; exit 1; }
  [ "${seen:-$now}" = "$now" ] || { echo "another umask gives another binary"; exit 1; }
  seen=$now
done
