// Shows the description of the API. Requests that are tried on the page have a token of this machine's issuer, with every scope.

const answer = await fetch("/dev/token", { headers: { accept: "text/plain" } });
const token = answer.ok ? (await answer.text()).trim() : "";

Scalar.createApiReference("#reference", {
  url: "/openapi.json",
  authentication: {
    preferredSecurityScheme: "token",
    securitySchemes: { token: { token } },
  },
  defaultHttpClient: { targetKey: "shell", clientKey: "curl" },
  defaultOpenAllTags: true,
  orderSchemaPropertiesBy: "preserve",
  // Everything below would ask other servers, or offer what they sell.
  agent: { disabled: true },
  mcp: { disabled: true },
  hideClientButton: true,
  proxyUrl: "",
  showDeveloperTools: "never",
  telemetry: false,
  withDefaultFonts: false,
});
