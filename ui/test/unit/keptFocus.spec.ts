// What has the focus may go away: the focus goes to what comes next.
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { successor, trace } from '@/lib/keptFocus';

beforeEach(() => {
  // happy-dom lays nothing out.
  vi.spyOn(Element.prototype, 'getClientRects').mockReturnValue([{}] as unknown as DOMRectList);
  document.body.innerHTML = `<header><a href="/">Home</a></header><main>
    <h1 tabindex="-1">Stores</h1>
    <table>
      <tr id="a"><td><a href="/a">a</a><button>archive a</button></td></tr>
      <tr id="b"><td><a href="/b">b</a><button>archive b</button></td></tr>
      <tr id="c"><td><a href="/c">c</a><button>archive c</button></td></tr>
    </table></main>`;
});
const button = (row: string) => document.querySelector<HTMLElement>(`#${row} button`)!;
const next = (lost: HTMLElement, remove: string[]) => {
  const from = trace(lost);
  for (const selector of remove) document.querySelector(selector)!.remove();
  return successor(from)?.textContent;
};

describe('what comes after something that is gone', () => {
  it.each([
    ['the next row', 'a', ['#a'], 'b'],
    ['the row after that', 'a', ['#a', '#b'], 'archive c'],
    ['the last one left', 'c', ['#c'], 'archive b'],
    ['what is left of its own row', 'b', ['#b button'], 'b'],
    ['the heading, when the list is gone', 'b', ['table'], 'Stores'],
    ['nothing outside the page', 'b', ['table', 'h1'], undefined],
  ])('is %s', (_, row, remove, expected) => expect(next(button(row), remove)).toBe(expected));

  it('passes over what cannot be used', () => {
    document.querySelector('#b a')!.remove();
    button('b').setAttribute('disabled', '');
    expect(next(button('a'), ['#a'])).toBe('c');
  });
});
