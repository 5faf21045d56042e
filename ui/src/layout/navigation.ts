export interface NavItem {
  to: string;
  icon: string;
  label: string;
  /** Served by the server beside the UI, not a route. */
  external?: boolean;
  /** The access without which there is nothing to find there: to see everything, or to change it. */
  needs?: 'see' | 'change';
}

export const NAVIGATION: { label: string; items: NavItem[] }[] = [
  {
    label: 'Mall',
    items: [
      { to: '/', icon: 'pi-chart-bar', label: 'Dashboard', needs: 'see' },
      { to: '/lab', icon: 'pi-bolt', label: 'Simulation lab', needs: 'change' },
    ],
  },
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
      { to: '/admin/stores', icon: 'pi-building', label: 'Plaza Admin', needs: 'see' },
      { to: '/admin/orders', icon: 'pi-receipt', label: 'Order Admin', needs: 'see' },
      { to: '/admin/customers', icon: 'pi-users', label: 'Customers Admin', needs: 'see' },
      { to: '/admin/access', icon: 'pi-key', label: 'Access', needs: 'change' },
    ],
  },
  {
    label: 'Reference',
    items: [
      { to: '/guide', icon: 'pi-book', label: 'Guide' },
      { to: '/swagger/', icon: 'pi-code', label: 'Swagger', external: true },
      { to: '/metrics', icon: 'pi-gauge', label: 'Metrics', external: true, needs: 'see' },
    ],
  },
];
