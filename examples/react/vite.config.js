import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

export default defineConfig({
  plugins: [react()],
  resolve: {
    // Stands for "@azure/msal-browser/redirect-bridge" too.
    alias: process.env.GRAPH_TOKEN ? { "@azure/msal-browser": "graph-token" } : {},
  },
  build: {
    rolldownOptions: { input: ["index.html", "redirect.html"] },
  },
});
