import { acts } from "./acts.ts";
import { cases } from "./cases.ts";
import { common } from "./common.ts";
import { order } from "./order.ts";
import { orders } from "./orders.ts";

export const en = { ...common, ...orders, ...order, ...acts, ...cases };
