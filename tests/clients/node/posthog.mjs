// Says what PostHog's client for Node says about events and people.  Usage: node posthog.mjs URL KEY
import { PostHog } from "posthog-node";

const [url, key] = process.argv.slice(2);
const posthog = new PostHog(key, { host: url, fetchRetryCount: 0 });
posthog.on("error", (problem) => {
  console.error(problem);
  process.exitCode = 1;
});
const past = new Date("2024-03-05T08:30:15.250Z");
posthog.capture({ distinctId: "u1", event: "Order Completed", properties: { total: 99.5, $set: { plan: "pro" } }, timestamp: past });
posthog.capture({ distinctId: "u1", event: "Page Viewed", properties: { $set_once: { came_from: "ad" } } });
posthog.identify({ distinctId: "u1", properties: { name: "Ann" } });
posthog.alias({ distinctId: "u1", alias: "a1" });
posthog.groupIdentify({ groupType: "company", groupKey: "g1", properties: { name: "Acme" } });
await posthog.shutdown();
