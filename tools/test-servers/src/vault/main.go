// The unmodified Vault server, built from its published Go modules; of what it is linked with, the clients of clouds and of
// Okta that no test reaches, half of all the code, are replaced by those in without/, whose calls fail and say so.
package main

import (
	"os"

	"github.com/hashicorp/vault/command"
)

func main() { os.Exit(command.Run(os.Args[1:])) }
