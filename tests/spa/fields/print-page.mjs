// Prints docs/fields-browser.md as the table has it.
import { page } from "./table.mjs";

process.stdout.write(page());
