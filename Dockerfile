# The server alone, on the PostgreSQL that DATABASE_URL names: the embedded one is an optional dependency
# and is left out. Node runs the server's TypeScript as it is; only the dashboard's pages are built.

FROM node:24-slim AS dashboard
WORKDIR /app
COPY package.json package-lock.json ./
# The bundler's platform packages are optional dependencies too, so these stay in.
RUN npm ci --ignore-scripts
COPY server ./server
RUN node server/dashboard/build.ts

FROM node:24-slim AS dependencies
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci --omit=dev --omit=optional --ignore-scripts

FROM node:24-slim
WORKDIR /app
COPY --from=dependencies /app/node_modules ./node_modules
COPY package.json ./
COPY server ./server
COPY --from=dashboard /app/server/dashboard/dist ./server/dashboard/dist

ENV NODE_ENV=production \
    HOST=0.0.0.0
USER node
# What Node makes of the TypeScript, so that a start need not.
ENV NODE_COMPILE_CACHE=/tmp/node-compile-cache
RUN node server/main.ts --version
EXPOSE 3000
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s \
    CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT || 3000}/healthz`).then((answer) => process.exit(answer.ok ? 0 : 1), () => process.exit(1))"]
CMD ["node", "server/main.ts"]
