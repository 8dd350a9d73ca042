# The server alone, on the PostgreSQL that DATABASE_URL names: the embedded one is an optional dependency
# and is left out. Node runs the server's TypeScript as it is; only the dashboard's pages are built.
# `docker build .` builds the target `server`; `--target with-browser` adds a Chromium.
# test/repository/docker.test.ts replays these lines without Docker.

FROM node:24-trixie-slim AS dashboard
WORKDIR /app
# The dashboard's tsconfig.json extends the one here.
COPY package.json package-lock.json tsconfig.json ./
# The bundler's platform packages are optional dependencies too, so these stay in.
RUN npm ci --ignore-scripts
COPY server ./server
# For the workflow that the dashboard offers: --build-arg SOURCE_COMMIT=$(git rev-parse HEAD)
ARG SOURCE_COMMIT
RUN node server/dashboard/build.ts

FROM node:24-trixie-slim AS dependencies
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci --omit=dev --omit=optional --ignore-scripts

FROM node:24-trixie-slim AS server
WORKDIR /app
COPY --from=dependencies /app/node_modules ./node_modules
COPY package.json LICENSE ./
COPY server ./server
COPY --from=dashboard /app/server/dashboard/dist ./server/dashboard/dist

# The user `node`, by its number: Kubernetes cannot tell that a name is not root's.
USER 1000
ENV NODE_ENV=production \
    HOST=0.0.0.0 \
    NODE_COMPILE_CACHE=/home/node/.cache/node
# Stores what Node makes of the TypeScript, so that a start need not.
RUN node server/main.ts --version && \
    node server/commands/runner.ts --version && \
    node server/runner/main.ts --version
EXPOSE 3000
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s \
    CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT || 3000}/healthz`).then((answer) => process.exit(answer.ok ? 0 : 1), () => process.exit(1))"]
CMD ["node", "server/main.ts"]

FROM server AS with-browser
USER 0
RUN apt-get update && \
    apt-get install --yes --no-install-recommends chromium-headless-shell && \
    rm -rf /var/lib/apt/lists/*
USER 1000

FROM server
