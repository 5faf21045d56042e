export interface NavItem {
  to: string;
  icon: string;
  label: string;
  /** Served by the server beside the UI: a plain link, not a route. */
  external?: boolean;
}

export const NAVIGATION: { label: string; items: NavItem[] }[] = [
  { label: 'Mall', items: [{ to: '/', icon: 'pi-chart-bar', label: 'Dashboard' }] },
  {
    label: 'Shop',
    items: [
      { to: '/shopping', icon: 'pi-shop', label: 'Shopping' },
      { to: '/checkout', icon: 'pi-shopping-cart', label: 'Checkout' },
      { to: '/orders', icon: 'pi-box', label: 'Your Orders' },
    ],
  },
  {
    label: 'Admin',
    items: [
      { to: '/admin/stores', icon: 'pi-building', label: 'Plaza Admin' },
      { to: '/admin/orders', icon: 'pi-receipt', label: 'Order Admin' },
      { to: '/admin/customers', icon: 'pi-users', label: 'Customers Admin' },
    ],
  },
  {
    label: 'Reference',
    items: [
      { to: '/guide', icon: 'pi-book', label: 'Guide' },
      { to: '/swagger/', icon: 'pi-code', label: 'Swagger', external: true },
      { to: '/metrics', icon: 'pi-gauge', label: 'Metrics', external: true },
    ],
  },
];
