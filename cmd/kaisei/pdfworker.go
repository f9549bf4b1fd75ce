package main

import (
	"github.com/spf13/cobra"

	"kaisei/internal/extract/pdf"
)

// pdfWorkerCommand is the hidden child in which PDFs are parsed, so that a hostile one
// takes only the child with it.
func (a *app) pdfWorkerCommand() *cobra.Command {
	return &cobra.Command{
		Use: "pdf-worker", Hidden: true, Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error { return pdf.Main(a.stdin, a.stdout) },
	}
}
