// Reading CloudEvents: which stream, which entity, and one line a person understands.
import type { Money, PlazaEvent } from '@/api/types';
import { count, dateTime, money, plural } from './format';
import { lastId } from './ids';
import { obligationWord } from './orderWords';
import type { Tone } from './tone';

/** `plaza.order.store_confirmed.v1` -> `order` and `store_confirmed`. */
export function parseType(type: string): { stream: string; name: string } {
  const [, stream = '', name = ''] = /^plaza\.([a-z_]+)\.([a-z_]+)\.v\d+$/.exec(type) ?? [];
  return { stream, name };
}

export const position = (e: PlazaEvent) => Number(e.sequence);
export const version = (e: PlazaEvent) => Number(e.streamversion);
export const streamId = (e: PlazaEvent) => lastId(e.subject) ?? '';

type Look = [label: string, icon: string, tone: Tone];
const LOOKS: Record<string, Look> = {
  'order.submitted': ['Order submitted', 'pi-send', 'info'],
  'order.payment_confirmed': ['Payment confirmed', 'pi-credit-card', 'good'],
  'order.payment_rejected': ['Payment rejected', 'pi-credit-card', 'bad'],
  'order.store_confirmation_requested': ['Store asked to confirm', 'pi-question-circle', 'wait'],
  'order.store_confirmation_received': ['Store said yes', 'pi-comment', 'info'],
  'order.payment_confirmation_requested': ['Bank asked to hold', 'pi-question-circle', 'wait'],
  'order.payment_confirmation_received': ['Bank said yes', 'pi-comment', 'info'],
  'order.store_confirmed': ['Store confirmed', 'pi-shop', 'good'],
  'order.store_rejected': ['Store rejected', 'pi-shop', 'bad'],
  'order.line_dropped': ['Line dropped', 'pi-minus-circle', 'wait'],
  'order.hold_lowered': ['Hold lowered', 'pi-arrow-down', 'wait'],
  'order.accepted': ['Order accepted', 'pi-check-circle', 'good'],
  'order.rejected': ['Order rejected', 'pi-times-circle', 'bad'],
  'order.cancelled': ['Order cancelled', 'pi-ban', 'quiet'],
  'order.paid': ['Order paid', 'pi-wallet', 'good'],
  'order.expired': ['Order expired', 'pi-hourglass', 'bad'],
  'order.store_shipped': ['Store shipped', 'pi-truck', 'good'],
  'order.delivered': ['Order delivered', 'pi-box', 'good'],
  'order.compensation_required': ['Compensation required', 'pi-replay', 'wait'],
  'order.obligation_met': ['Obligation met', 'pi-check', 'quiet'],
  'order.confirmation_ignored': ['Late verdict ignored', 'pi-eye-slash', 'quiet'],
  'order.archived': ['Order archived', 'pi-inbox', 'quiet'],
  'store.created': ['Store opened', 'pi-building', 'info'],
  'store.edited': ['Store edited', 'pi-pencil', 'quiet'],
  'store.joined': ['Store joined shopping', 'pi-sign-in', 'good'],
  'store.left': ['Store left shopping', 'pi-sign-out', 'quiet'],
  'store.closing_started': ['Store closes', 'pi-lock', 'quiet'],
  'store.archived': ['Store archived', 'pi-inbox', 'quiet'],
  'store.product_added': ['Product added', 'pi-plus-circle', 'info'],
  'store.product_edited': ['Product edited', 'pi-pencil', 'quiet'],
  'store.product_archived': ['Product archived', 'pi-inbox', 'quiet'],
  'store.stock_set': ['Stock set', 'pi-sliders-h', 'info'],
  'store.stock_reserved': ['Stock reserved', 'pi-lock', 'good'],
  'store.stock_released': ['Stock released', 'pi-lock-open', 'quiet'],
  'store.stock_shipped': ['Stock shipped', 'pi-truck', 'good'],
  'payment.authorized': ['Payment authorized', 'pi-credit-card', 'info'],
  'payment.held': ['Money held', 'pi-lock', 'good'],
  'payment.hold_lowered': ['Hold lowered', 'pi-arrow-down', 'quiet'],
  'payment.hold_voided': ['Hold released', 'pi-lock-open', 'quiet'],
  'payment.captured': ['Money captured', 'pi-wallet', 'good'],
  'payment.voided': ['Authorization voided', 'pi-ban', 'quiet'],
  'basket.claimed': ['Basket given to a customer', 'pi-user', 'quiet'],
  'basket.created': ['Basket opened', 'pi-shopping-bag', 'quiet'],
  'basket.item_set': ['Basket item set', 'pi-cart-plus', 'info'],
  'basket.item_removed': ['Basket item removed', 'pi-cart-minus', 'quiet'],
  'basket.cleared': ['Basket emptied', 'pi-trash', 'quiet'],
  'basket.checked_out': ['Basket checked out', 'pi-shopping-cart', 'good'],
  'customer.registered': ['Customer registered', 'pi-user-plus', 'info'],
  'mall.clock_set': ['Clock set', 'pi-clock', 'info'],
  'mall.personality_set': ['Personality set', 'pi-sliders-h', 'wait'],
  'mall.personality_reset': ['Personality reset', 'pi-sliders-h', 'quiet'],
};

/** Every type of a stream as [full type, label], for filters. */
export const eventTypes = Object.entries(LOOKS).map(([key, look]) => ({
  type: `plaza.${key}.v1`,
  stream: key.split('.')[0]!,
  label: look[0],
}));

export interface EventLook {
  label: string;
  icon: string;
  tone: Tone;
}

/** An event type added by a newer server still reads: its own name becomes the label. */
export function look(e: PlazaEvent): EventLook {
  const { stream, name } = parseType(e.type);
  if (stream === 'order' && name === 'obligation_met') return obligationWord(field<string>(e, 'kind') ?? '');
  const known = LOOKS[`${stream}.${name}`];
  if (known) return { label: known[0], icon: known[1], tone: known[2] };
  const text = `${stream} ${name}`.trim().replaceAll('_', ' ') || e.type;
  return { label: text.charAt(0).toUpperCase() + text.slice(1), icon: 'pi-bolt', tone: 'quiet' };
}

type Data = Record<string, unknown>;
export const field = <T>(e: PlazaEvent, name: string) => (e.data as Data | undefined)?.[name] as T | undefined;

const isMoney = (v: unknown): v is Money => typeof (v as Money | undefined)?.amount_minor === 'number';

/** The speed the mall's clock was set to, and what it said then. */
const clockWords = (speed: number, mallTime = '') =>
  `${speed === 0 ? 'paused' : `${count(speed)}×`} from ${dateTime(mallTime)}`;

/** What the payload says, in a few words; empty when the label says it all. */
export function summary(e: PlazaEvent, storeName: (id: string) => string = () => ''): string {
  const parts: string[] = [];
  const storeId = parseType(e.type).stream === 'store' ? streamId(e) : field<string>(e, 'store_id');
  const store = field<string>(e, 'store_name') ?? storeName(storeId ?? '');
  const name = field<string>(e, 'name') ?? field<string>(e, 'product_name');
  const amount = field<unknown>(e, 'total') ?? field<unknown>(e, 'amount');
  const lines = field<unknown[]>(e, 'lines');
  const reasons = field<string[]>(e, 'reasons') ?? [field<string>(e, 'reason') ?? ''];
  if (store) parts.push(store);
  if (name && name !== store) parts.push(name);
  if (lines?.length) parts.push(plural(lines.length, 'line'));
  if (isMoney(amount)) parts.push(money(amount));
  parts.push(...reasons.filter(Boolean));
  const speed = field<number>(e, 'speed');
  if (speed !== undefined) parts.push(clockWords(speed, field<string>(e, 'mall_time')));
  const by = field<string>(e, 'by');
  if (by) parts.push(`by ${by}`);
  return parts.join(' · ');
}

const ORDER_OF: Record<string, string> = { order: '', store: 'order_id', payment: 'order_id', basket: 'order_id' };
/** The order an event is about, when it is about one. */
export function orderOf(e: PlazaEvent): string | undefined {
  const { stream } = parseType(e.type);
  if (stream === 'order') return streamId(e);
  const key = ORDER_OF[stream];
  return key ? field<string>(e, key) : undefined;
}
