import helmet from 'helmet';

/** Sets the security headers of every answer. A pre-Express handler. */
export const setSecurityHeaders = helmet({
  // Do not force HTTPS on subdomains: they may belong to others.
  strictTransportSecurity: { includeSubDomains: false },
  // The same as frame-ancestors below, for browsers that only know this header.
  xFrameOptions: { action: 'deny' },
  contentSecurityPolicy: {
    useDefaults: false,
    directives: {
      defaultSrc: ["'none'"],
      baseUri: ["'none'"],
      connectSrc: ["'self'"],
      formAction: ["'self'"],
      frameAncestors: ["'none'"],
      imgSrc: ["'self'", 'data:'],
      scriptSrc: ["'self'"],
      styleSrc: ["'self'"],
    },
  },
});
