// The one place that names generated schemas: everything else in the UI uses these aliases.
import type { components } from './schema';

type Schemas = components['schemas'];

export type Money = Schemas['Money'];
/** Of a problem the UI makes itself (no answer, an odd answer) only the first three are known. */
export type Problem = Pick<Schemas['Problem'], 'type' | 'title' | 'status'> & Partial<Schemas['Problem']>;
export type FieldError = Schemas['FieldError'];
export type Store = Schemas['Store'];
export type NewStore = Schemas['NewStore'];
export type EditStore = Schemas['EditStore'];
export type Product = Schemas['Product'];
export type NewProduct = Schemas['NewProduct'];
export type EditProduct = Schemas['EditProduct'];
export type Customer = Schemas['Customer'];
export type RegisteredCustomer = Schemas['RegisteredCustomer'];
export type CustomerSummary = Schemas['CustomerSummary'];
export type Basket = Schemas['Basket'];
export type BasketItem = Schemas['BasketItem'];
export type ShortagePolicy = Schemas['ShortagePolicy'];
export type Payment = Schemas['Payment'];
export type Order = Schemas['Order'];
export type OrderItem = Schemas['OrderItem'];
export type OrderStore = Schemas['OrderStore'];
export type OrderStatus = Schemas['OrderStatus'];
export type Reason = Schemas['Reason'];
export type WhoAmI = Schemas['WhoAmI'];
export type Token = Schemas['Token'];
export type MadeToken = Schemas['MadeToken'];
export type TokenRole = Schemas['TokenRole'];
export type Clock = Schemas['Clock'];
export type Advance = Schemas['Advance'];
export type Personality = Schemas['Personality'];
export type ParticipantPersonality = Schemas['ParticipantPersonality'];
export type Delay = Schemas['Delay'];
export type Outage = Schemas['Outage'];
export type OutageMode = Schemas['OutageMode'];
export type NewOutage = Schemas['NewOutage'];
export type Who = Schemas['Who'];
export type Audit = Schemas['Audit'];
export type Invariant = Schemas['Invariant'];

export type Simulation = Schemas['Simulation'];
export type SimulationTotals = Schemas['SimulationTotals'];
export type NewSimulation = Schemas['NewSimulation'];
export type SteerSimulation = Schemas['SteerSimulation'];
export type ShippedScenario = Schemas['ShippedScenario'];

interface Spread {
  count: number;
  p50: number;
  p99: number;
}
/** What a simulation under way tells once a second. */
export interface SimulationPoint {
  /** Counted from 1; a second each. */
  number: number;
  /** The mall's time. */
  at: string;
  doing: string;
  progress: number;
  /** What was otherwise since the point before, by the scenario: faults and phases. */
  during: string[];
  in_flight: number;
  pending: number;
  open: number;
  /** Since the point before. */
  totals: SimulationTotals;
  /** Milliseconds, since the point before; what is not measured is left out. */
  latency_ms: { submit?: Spread; settle?: Spread; lateness?: Spread };
  /** Since the beginning. */
  so_far: SimulationTotals;
  /** Minor units, since the beginning. */
  money: { authorized: number; captured: number; refused_sales: number };
}

/** What the bank or a store did with the orders of a simulation. */
export interface Behaved {
  participant: Who;
  /** What a store is called, where that is known. */
  name?: string;
  confirmed: number;
  /** Orders it said no to, by the reason. */
  refused: Record<string, number>;
  /** Orders whose time was up before it said anything. */
  silent: number;
  p50_ms: number | null;
  p99_ms: number | null;
  /** Answers from the first number of milliseconds on, before the second. */
  delays: [from: number, to: number, count: number][];
}
/** A promise of the mall, and how it is kept. */
export interface SimulationPromise {
  promise: string;
  checked: number;
  broken: number;
  orders?: string[];
}
/** An order that ended lately, and how. */
export interface EndedOrder {
  order: string;
  why: string;
  placed_at: string;
  events: { name: string; after_ms: number }[];
}
export interface ScarceProduct {
  product_id: string;
  product: string;
  store_id: string;
  store: string;
  left: number;
}
/** What is to be seen of a simulation under way, beside its points. */
export interface SimulationPicture {
  at: string;
  promises: SimulationPromise[];
  participants: Behaved[];
  scarcest: ScarceProduct[];
  latest: EndedOrder[];
}
/** What the lab reads of the report of a run; an experiment has no course. */
export interface RunReport {
  course?: {
    step_ms: number;
    steps: {
      accepted: number;
      rejected: number;
      cancelled: number;
      expired: number;
      under_way: number;
      pending: number;
    }[];
  };
  money?: SimulationPoint['money'];
  participants?: Behaved[];
  scarcest?: ScarceProduct[];
}
export type Statistics = Schemas['Statistics'];
export type Comparison = Schemas['Comparison'];

/** A CloudEvent in structured form, as lists and the event stream deliver it. */
export type PlazaEvent = Omit<Schemas['Event'], 'data'> & { data: Record<string, unknown> };

/** `GET /status`, with every field optional: the dashboard shows a dash for what a server does not report. */
export type Status = DeepPartial<Schemas['Status']>;
type DeepPartial<T> = T extends object ? { [K in keyof T]?: DeepPartial<T[K]> } : T;

/** One page of a keyset-paged list. */
export interface Page<T> {
  items: T[];
  next_cursor?: string | null;
}
