// Command deliver is invoked by the queues of the webhooks. It sends events about payments to the merchant's endpoints.
package main

import "kasir/shared/app/queue"

func main() { queue.Start("deliver", handler) }
