// Lists that somebody reads: their rows stay put, and what came or went is counted.
import { mount } from '@vue/test-utils';
import { describe, expect, it } from 'vitest';
import DataList from '@/components/DataList.vue';
import NewRows from '@/components/NewRows.vue';
import SelectionBar from '@/components/SelectionBar.vue';
import { NO_NEWS, hold, justAfter } from '@/lib/steady';

const rows = (text: string) => [...text].map((id) => ({ id: id.toLowerCase(), now: id }));
/** Lower case as shown, upper case where the row has changed since. */
const told = (shown: string, fresh: string, whole: boolean) => {
  const held = hold(rows(shown), rows(fresh), (r) => r.id, whole);
  const { arrived, more, gone, moved } = held.news;
  const text = (r: { now: string }[]) => r.map((x) => x.now).join('');
  return [text(held.rows), arrived, [...gone].join(''), text(held.next), moved && 'moved', more && 'more'].filter(
    (x) => x !== false,
  );
};

describe('a list that is held still', () => {
  it.each([
    ['abc', 'abc', true, ['abc', 0, '', '']],
    ['abc', 'aBc', true, ['aBc', 0, '', '']],
    ['abc', 'xyabc', true, ['abc', 2, '', '']],
    ['abc', 'axbc', true, ['abc', 1, '', '']],
    ['abc', 'ac', true, ['abc', 0, 'b', '']],
    ['abc', 'abcde', true, ['abc', 0, '', 'de']],
    // The last ones may only have been pushed out of the answer.
    ['abc', 'xyab', false, ['abc', 2, '', '']],
    ['abc', 'xb', false, ['abc', 1, 'a', '']],
    ['abc', 'xyz', false, ['abc', 3, '', '', 'more']],
    ['abc', 'xyz', true, ['abc', 0, 'abc', 'xyz']],
    ['abc', 'cab', true, ['abc', 0, '', '', 'moved']],
    ['abc', 'xC', true, ['abC', 1, 'ab', '']],
    ['', 'ab', false, ['', 0, '', 'ab']],
  ] as const)('%s, of which the server has %s', (shown, fresh, whole, expected) =>
    expect(told(shown, fresh, whole)).toEqual(expected),
  );
});

describe('the moment after', () => {
  it.each([
    ['2026-11-27T06:44:41.197391Z', '2026-11-27T06:44:41.197392Z'],
    ['2026-11-27T06:44:41Z', '2026-11-27T06:44:41.000001Z'],
    ['2026-11-27T06:44:41.5Z', '2026-11-27T06:44:41.500001Z'],
    ['2026-12-31T23:59:59.999999Z', '2027-01-01T00:00:00.000Z'],
  ])('%s', (at, after) => expect(justAfter(at)).toBe(after));
});

describe('what a list says of itself', () => {
  const says = (news: object) => mount(NewRows, { props: { news: { ...NO_NEWS, ...news }, one: 'order' } }).text();
  it.each([
    [{}, ''],
    [{ arrived: 1 }, '1 new order: show'],
    [{ arrived: 12 }, '12 new orders: show'],
    [{ arrived: 50, more: true }, 'more than 50 new orders: show'],
    [{ gone: new Set(['a']) }, '1 no longer in this list: show'],
    [{ arrived: 2, gone: new Set(['a']), moved: true }, '2 new orders, 1 no longer in this list: show'],
    [{ moved: true }, 'Sorted otherwise by now: sort again'],
  ])('%o', (news, text) => expect(says(news)).toBe(text));

  it('names what is selected and not on the page', () => {
    const bar = (selected: string[]) =>
      mount(SelectionBar, { props: { selected, onPage: ['a', 'b'], one: 'order' } }).text();
    expect(bar([])).toBe('');
    expect(bar(['a'])).toContain('1 order selected');
    expect(bar(['a'])).not.toContain('not on this page');
    expect(bar(['a', 'x', 'y'])).toContain('3 orders selected, 2 not on this page');
  });

  it('selects and unselects its own page, and leaves the others', async () => {
    const list = mount(
      DataList as never,
      {
        props: {
          label: 'Things',
          columns: [{ key: 'id', label: 'Id' }],
          rows: [{ id: 'a' }, { id: 'b' }],
          rowKey: (r: { id: string }) => r.id,
          selected: ['x', 'a'],
        },
      } as never,
    );
    const all = list.find('input[aria-label^="Select all"]');
    await all.trigger('change');
    await list.setProps({ selected: ['x', 'a', 'b'] } as never);
    await all.trigger('change');
    expect(list.emitted('update:selected')).toEqual([[['x', 'a', 'b']], [['x']]]);
  });
});
