import { createRouter, createWebHistory, type RouteRecordRaw } from 'vue-router';
import { fetchPagesWhenIdle, recoverFromMissingPages } from './chunks';
import { comeBack, focusHeading, noteRowsLeft } from './comeBack';

const page = (path: string, name: string, title: string, component: RouteRecordRaw['component'], props = false) =>
  ({ path, name, component, props, meta: { title } }) as RouteRecordRaw;

export const routes: RouteRecordRaw[] = [
  page('/', 'home', 'Dashboard', () => import('@/views/home/DashboardView.vue')),
  page('/lab', 'lab', 'Simulation lab', () => import('@/views/lab/LabView.vue')),
  page('/guide', 'guide', 'Guide', () => import('@/views/home/GuideView.vue')),
  page('/shopping', 'shopping', 'Shopping', () => import('@/views/shop/ShoppingView.vue')),
  page('/checkout', 'checkout', 'Checkout', () => import('@/views/shop/CheckoutView.vue')),
  page('/orders', 'your-orders', 'Your Orders', () => import('@/views/orders/YourOrdersView.vue')),
  page('/orders/:id', 'order', 'Order', () => import('@/views/orders/OrderDetailView.vue'), true),
  page('/admin/stores', 'stores', 'Plaza Admin', () => import('@/views/admin/StoresView.vue')),
  page(
    '/admin/stores/:id/products',
    'store-products',
    'Store products',
    () => import('@/views/admin/StoreProductsView.vue'),
    true,
  ),
  page('/admin/orders', 'order-admin', 'Order Admin', () => import('@/views/admin/OrderAdminView.vue')),
  page('/admin/orders/events', 'events', 'Event Sourcing', () => import('@/views/admin/EventsView.vue')),
  page('/admin/customers', 'customers', 'Customers Admin', () => import('@/views/admin/CustomersView.vue')),
  page('/admin/access', 'access', 'Access', () => import('@/views/admin/AccessView.vue')),
  page('/:rest(.*)*', 'not-found', 'Not found', () => import('@/views/home/NotFoundView.vue')),
];

export const router = createRouter({
  history: createWebHistory(),
  routes,
  scrollBehavior: comeBack,
});

recoverFromMissingPages(router);
noteRowsLeft();
void router.isReady().then(() => fetchPagesWhenIdle(routes));

router.afterEach((to, from) => {
  document.title = `${String(to.meta.title ?? '')} · Plaza`;
  if (from.name && to.path !== from.path) void focusHeading();
});
