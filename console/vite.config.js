import { defineConfig } from "vite";
import { compressed } from "./build/compressed.js";

// The console's paths begin with /console, on the API's own origin. While `npm run dev` runs, everything else is asked of kasir local.
const local = process.env.KASIR_URL ?? "http://127.0.0.1:8083";
const paths = ["/payments", "/settlements", "/customers", "/oauth2", "/dev", "/console/config.json"];

export default defineConfig({
  base: "./", // the function writes its own path in front, since the page answers under many paths
  build: {
    outDir: "../functions/console/site",
    emptyOutDir: true,
    target: "es2022",
    assetsInlineLimit: 0, // the Content-Security-Policy allows files only
    cssCodeSplit: false,
    modulePreload: { polyfill: false },
    reportCompressedSize: false, // build/compressed.js prints them
  },
  plugins: [compressed({ most: 150 * 1024 })],
  server: { proxy: Object.fromEntries(paths.map((path) => [path, { target: local, changeOrigin: false }])) },
});
