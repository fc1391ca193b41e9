// Package quiet is imported for its init, which silences what jsii says of Node 20 at every start. jsii copies the environment when
// its own package is initialised, which is after this one and before any main or test begins.
package quiet

import "os"

func init() { os.Setenv("JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION", "20") }
