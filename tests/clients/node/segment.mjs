// Says everything that Segment's client for Node can say.  Usage: node segment.mjs URL KEY
import { Analytics } from "@segment/analytics-node";

const [url, key] = process.argv.slice(2);
const analytics = new Analytics({ writeKey: key, host: url, maxRetries: 0, flushAt: 3 });
analytics.on("error", (problem) => {
  console.error(problem);
  process.exitCode = 1;
});
const past = new Date("2024-03-05T08:30:15.250Z");
const order = { order_id: "o1", total: 99.5, products: [{ product_id: "p1", price: 49.75, quantity: 2 }] };
analytics.track({ anonymousId: "a1", event: "Product Viewed", properties: { price: 1.5 }, timestamp: past });
analytics.identify({ userId: "u1", anonymousId: "a1", traits: { name: "Ann", logins: 3 }, timestamp: past });
analytics.track({ userId: "u1", event: "Order Completed", properties: order, timestamp: past, context: { ip: "1.2.3.4" } });
analytics.page({ userId: "u1", category: "Docs", name: "Start", properties: { path: "/start" } });
analytics.screen({ userId: "u1", category: "App", name: "Home" });
analytics.group({ userId: "u1", groupId: "g1", traits: { plan: "pro" } });
analytics.alias({ userId: "u1", previousId: "before-u1" });
await analytics.closeAndFlush();
