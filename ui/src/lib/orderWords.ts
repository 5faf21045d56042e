// Order vocabulary: what a status, a reason or a forbidden action is called for a person.
import type { Order } from '@/api/types';
import type { Tone } from './tone';

export interface StatusWord {
  label: string;
  icon: string;
  tone: Tone;
}
const w = (label: string, icon: string, tone: Tone): StatusWord => ({ label, icon, tone });

const STATUS: Record<string, StatusWord> = {
  pending: w('Pending', 'pi-clock', 'wait'),
  accepted: w('Accepted', 'pi-check', 'info'),
  confirmed: w('Confirmed', 'pi-check', 'good'),
  paid: w('Paid', 'pi-wallet', 'good'),
  captured: w('Captured', 'pi-wallet', 'good'),
  shipped: w('Shipped', 'pi-truck', 'good'),
  delivered: w('Delivered', 'pi-box', 'good'),
  rejected: w('Rejected', 'pi-times', 'bad'),
  cancelled: w('Cancelled', 'pi-ban', 'quiet'),
  expired: w('Expired', 'pi-hourglass', 'bad'),
  out_of_stock: w('Out of stock', 'pi-exclamation-triangle', 'bad'),
  not_enough_money: w('Not enough money', 'pi-exclamation-triangle', 'bad'),
  invalid: w('Invalid', 'pi-exclamation-triangle', 'bad'),
  unavailable: w('Unavailable', 'pi-exclamation-triangle', 'bad'),
  released: w('Given back', 'pi-undo', 'quiet'),
  voided: w('Given back', 'pi-undo', 'quiet'),
  returning: w('Being given back', 'pi-undo', 'wait'),
  not_asked: w('Not asked', 'pi-minus', 'quiet'),
  called_off: w('Called off', 'pi-ban', 'quiet'),
  refunded: w('Refunded', 'pi-undo', 'quiet'),
  authorized: w('Authorized', 'pi-check', 'good'),
  active: w('Authorized', 'pi-check', 'good'),
  used: w('Used up', 'pi-check', 'quiet'),
};

export const statusWord = (value: string): StatusWord =>
  STATUS[value] ?? w(value.replaceAll('_', ' '), 'pi-question', 'quiet');

/** What a participant had to do because the order changed, in words for when it is done. */
const OBLIGATIONS: Record<string, StatusWord> = {
  void_hold: w('Hold given back', 'pi-undo', 'wait'),
  capture_hold: w('Hold captured', 'pi-wallet', 'good'),
  release_stock: w('Stock given back', 'pi-undo', 'wait'),
  ship_stock: w('Stock handed over', 'pi-box', 'good'),
};
export const obligationWord = (kind: string): StatusWord =>
  OBLIGATIONS[kind] ?? w(kind.replaceAll('_', ' '), 'pi-check', 'quiet');

export const ORDER_STATUSES = ['pending', 'accepted', 'paid', 'delivered', 'rejected', 'cancelled', 'expired'] as const;
/** Nothing more can happen to these but compensation. */
export const isTerminal = (status: string) => ['delivered', 'rejected', 'cancelled', 'expired'].includes(status);

export const REASONS: Record<string, string> = {
  NOT_ENOUGH_MONEY: 'the authorized money is less than the total',
  OUT_OF_STOCK: 'a store has less stock than ordered',
  PAYMENT_NOT_FOUND: 'the payment does not exist',
  PAYMENT_NOT_YOURS: 'the payment belongs to someone else',
  STORE_CLOSED: 'a store has closed',
  PRODUCT_UNAVAILABLE: 'a product is no longer offered',
  CONFIRMATION_TIMEOUT: 'a confirmation did not come in time',
  SERVICE_FAILED: 'the bank or a store refused: its service failed',
};

export const reasonHint = (code: string) => REASONS[code] ?? '';

type Action = 'pay' | 'cancel';
const WHY_NOT: Record<Action, Record<string, string>> = {
  pay: {
    pending: 'Payment opens when every confirmation is in.',
    paid: 'Already paid.',
    delivered: 'Already paid and delivered.',
    rejected: 'Rejected: nothing is due.',
    cancelled: 'Cancelled: nothing is due.',
    expired: 'The time to pay has passed.',
  },
  cancel: {
    paid: 'Paid orders are on their way.',
    delivered: 'Delivered orders cannot be cancelled.',
    rejected: 'The order was already rejected.',
    cancelled: 'Already cancelled.',
    expired: 'The order has already expired.',
  },
};

export const may = (order: Order, action: Action) => order.allowed_actions.includes(action);
/** Why an action is not offered; empty when it is. */
export const whyNot = (order: Order, action: Action) =>
  may(order, action) ? '' : (WHY_NOT[action][order.status] ?? `Not possible while ${statusWord(order.status).label}.`);
