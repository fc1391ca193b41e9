import { acts } from "./acts.ts";
import { cases } from "./cases.ts";
import { common } from "./common.ts";
import { guide } from "./guide.ts";
import { order } from "./order.ts";
import { orders } from "./orders.ts";
import { settlements } from "./settlements.ts";
import { today } from "./today.ts";

export const en = { ...common, ...orders, ...order, ...acts, ...cases, ...guide, ...settlements, ...today };
