<?php
// The endpoint of webhooks in a merchant's back end. For a try: WEBHOOK_SECRET=whsec_… php -S 127.0.0.1:3000 docs/clients/hooks.php
require __DIR__ . '/kasir.php';

try { // the bytes as they came; while a secret is rotated, WEBHOOK_SECRET has two, separated by a space
    $event = Kasir\verifyWebhook(explode(' ', (string) getenv('WEBHOOK_SECRET')), $_SERVER, file_get_contents('php://input'));
} catch (Kasir\WebhookError $error) {
    error_log($error->getMessage());
    http_response_code(400);
    exit;
}
$handled = sys_get_temp_dir() . "/kasir-{$event['data']['id']}"; // your shop has a table: the same event may come again
if ($event['type'] === 'payment.paid' && !file_exists($handled)) {
    error_log("payment.paid {$event['data']['order']['invoice_number']} verified"); // here your shop marks its order as paid
}
touch($handled);
http_response_code(204); // also for types that later versions have
