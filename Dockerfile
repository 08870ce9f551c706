# One image for every role; the command says which. By tag: digests could not be looked up where this was written.
ARG NODE_IMAGE=node:24.21.0-bookworm-slim

FROM ${NODE_IMAGE} AS build
WORKDIR /coffer
COPY . .
RUN npm ci
RUN npm run build
RUN npm prune --omit=dev \
  && find libs apps -type d -name src -prune -exec rm -rf {} + \
  && rm -rf .nx tools apps/e2e node_modules/.cache node_modules/@coffer/e2e node_modules/@coffer/test-servers node_modules/@coffer/test-cluster node_modules/@coffer/workspace

FROM ${NODE_IMAGE}
WORKDIR /coffer
ENV NODE_ENV=production
# Owned by root and never written to: the service runs as somebody else.
COPY --from=build /coffer/package.json ./
COPY --from=build /coffer/node_modules ./node_modules
COPY --from=build /coffer/libs ./libs
COPY --from=build /coffer/apps ./apps
COPY --from=build /coffer/dist ./dist
COPY --from=build /coffer/docker/make-env.mjs ./docker/
RUN install -d -o 10001 -g 10001 -m 0700 /data
USER 10001:10001
ENV COFFER_DATA_DIR=/data
EXPOSE 8080
# No inspector on SIGUSR1; diagnostic reports are off unless a flag asks for them, and compose switches core dumps off.
ENTRYPOINT ["node", "--disable-sigusr1"]
# A small young generation: the embedded process takes a third less memory, and is as fast.
CMD ["--max-semi-space-size=8", "dist/standalone.js"]
