# Build: a static binary with the catalogue, the rules and the PDF reader inside.
FROM golang:1.26-bookworm AS build
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download
COPY . .
ARG VERSION=dev
RUN CGO_ENABLED=0 go build -trimpath -ldflags "-s -w -X main.version=${VERSION}" -o /out/kaisei ./cmd/kaisei \
 && mkdir -p /out/state && chmod 0700 /out/state

# Run: nothing but the binary, certificates and an unprivileged user.
FROM gcr.io/distroless/static-debian12:nonroot
COPY --from=build /out/kaisei /usr/local/bin/kaisei
COPY --from=build --chown=65532:65532 /out/state /var/lib/kaisei
ENV KAISEI_STATE=/var/lib/kaisei
USER 65532:65532
VOLUME /var/lib/kaisei
HEALTHCHECK --interval=60s --timeout=10s --start-period=30s CMD ["/usr/local/bin/kaisei", "health"]
ENTRYPOINT ["/usr/local/bin/kaisei"]
CMD ["serve"]
