package function

// Parameters of the stream's batches. The deployment and kasir local use the same.
const (
	StreamBatch    = 25 // records in one invocation
	StreamAttempts = 50 // at a record, before it is given up
)
