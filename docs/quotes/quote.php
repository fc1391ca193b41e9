<?php
// A quote for kasir, made by a merchant's back end in PHP without any dependency.
function encode(string $text): string {
    return rtrim(strtr(base64_encode($text), '+/', '-_'), '=');
}

function quote(string $key, array $terms): string {
    $claims = $terms + ['exp' => time() + 600]; // at most 900 seconds ahead
    $unsigned = encode(json_encode(['alg' => 'HS256', 'typ' => 'JWT'])) . '.' . encode(json_encode($claims));
    return $unsigned . '.' . encode(hash_hmac('sha256', $unsigned, $key, true));
}

$key = (string) getenv('QUOTE_KEY');
if (strlen($key) < 32) {
    fwrite(STDERR, "QUOTE_KEY must have at least 32 bytes: set it to the quote_key that kasir has.\n");
    exit(1);
}
echo quote($key, [
    'invoice_number' => $argv[1] ?? 'INV-1',
    'amount' => 90000,
    'line_items' => [['name' => 'Kopi Gayo 250 g', 'price' => 45000, 'quantity' => 2]],
]), "\n";
