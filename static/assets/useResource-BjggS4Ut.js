import{E as e,H as t,N as n,Q as r,S as i,T as a,X as o,Z as s,b as c,k as l,nt as u,q as d,v as f,w as p,x as m,y as h}from"./vue-CVxzQs-Q.js";import{L as g,P as _,v}from"./orderWords-kfqaby8f.js";import{B as y,F as b,L as x,N as S,a as C,k as w,u as T}from"./index-CkdGwEJi.js";var E=x.extend({name:`skeleton`,style:`
    .p-skeleton {
        display: block;
        overflow: hidden;
        background: dt('skeleton.background');
        border-radius: dt('skeleton.border.radius');
    }

    .p-skeleton::after {
        content: '';
        animation: p-skeleton-animation 1.2s infinite;
        height: 100%;
        left: 0;
        position: absolute;
        right: 0;
        top: 0;
        transform: translateX(-100%);
        z-index: 1;
        background: linear-gradient(90deg, rgba(255, 255, 255, 0), dt('skeleton.animation.background'), rgba(255, 255, 255, 0));
    }

    [dir='rtl'] .p-skeleton::after {
        animation-name: p-skeleton-animation-rtl;
    }

    .p-skeleton-circle {
        border-radius: 50%;
    }

    .p-skeleton-animation-none::after {
        animation: none;
    }

    @keyframes p-skeleton-animation {
        from {
            transform: translateX(-100%);
        }
        to {
            transform: translateX(100%);
        }
    }

    @keyframes p-skeleton-animation-rtl {
        from {
            transform: translateX(100%);
        }
        to {
            transform: translateX(-100%);
        }
    }
`,classes:{root:function(e){var t=e.props;return[`p-skeleton p-component`,{"p-skeleton-circle":t.shape===`circle`,"p-skeleton-animation-none":t.animation===`none`}]}},inlineStyles:{root:{position:`relative`}}}),D={name:`BaseSkeleton`,extends:b,props:{shape:{type:String,default:`rectangle`},size:{type:String,default:null},width:{type:String,default:`100%`},height:{type:String,default:`1rem`},borderRadius:{type:String,default:null},animation:{type:String,default:`wave`}},style:E,provide:function(){return{$pcSkeleton:this,$parentInstance:this}}};function O(e){"@babel/helpers - typeof";return O=typeof Symbol==`function`&&typeof Symbol.iterator==`symbol`?function(e){return typeof e}:function(e){return e&&typeof Symbol==`function`&&e.constructor===Symbol&&e!==Symbol.prototype?`symbol`:typeof e},O(e)}function k(e,t,n){return(t=A(t))in e?Object.defineProperty(e,t,{value:n,enumerable:!0,configurable:!0,writable:!0}):e[t]=n,e}function A(e){var t=j(e,`string`);return O(t)==`symbol`?t:t+``}function j(e,t){if(O(e)!=`object`||!e)return e;var n=e[Symbol.toPrimitive];if(n!==void 0){var r=n.call(e,t);if(O(r)!=`object`)return r;throw TypeError(`@@toPrimitive must return a primitive value.`)}return(t===`string`?String:Number)(e)}var M={name:`Skeleton`,extends:D,inheritAttrs:!1,computed:{containerStyle:function(){return this.size?{width:this.size,height:this.size,borderRadius:this.borderRadius}:{width:this.width,height:this.height,borderRadius:this.borderRadius}},dataP:function(){return y(k({},this.shape,this.shape))}}},N=[`data-p`];function P(e,t,r,a,o,s){return n(),i(`div`,l({class:e.cx(`root`),style:[e.sx(`root`),s.containerStyle],"aria-hidden":`true`},e.ptmi(`root`),{"data-p":s.dataP}),null,16,N)}M.render=P;var F={class:`flex flex-col items-center text-center px-4 py-12 gap-2`,role:`alert`,"data-testid":`error`},I={class:`font-semibold text-lg`},L={key:0,class:`text-muted-color max-w-md break-words`},R={key:1,class:`text-sm text-muted-color`},z={class:`mt-2 flex flex-wrap justify-center gap-2`},B=e({__name:`ErrorState`,props:{error:{}},emits:[`retry`],setup(e){let t=e,o=f(()=>_(t.error)),s=C();return(t,l)=>{let d=w,f=S;return n(),i(`div`,F,[l[3]||=h(`span`,{class:`grid place-items-center w-14 h-14 rounded-2xl bg-red-50 dark:bg-red-950 mb-2`},[h(`i`,{class:`pi pi-exclamation-circle text-2xl text-red-700 dark:text-red-300`,"aria-hidden":`true`})],-1),h(`p`,I,u(o.value.title),1),o.value.detail?(n(),i(`p`,L,u(o.value.detail),1)):m(``,!0),o.value.traceId?(n(),i(`p`,R,[l[2]||=p(` Trace `,-1),a(d,{id:o.value.traceId,label:`trace id`},null,8,[`id`])])):m(``,!0),h(`div`,z,[a(f,{label:`Try again`,icon:`pi pi-refresh`,severity:`secondary`,onClick:l[0]||=e=>t.$emit(`retry`)}),r(g)(e.error)?(n(),c(f,{key:0,label:`Sign in`,icon:`pi pi-key`,onClick:l[1]||=e=>r(s).open()})):m(``,!0)])])}}});function V(e){let n=s(),r=s(),i=o(!1),a=0;async function c(){let t=++a;i.value=!0;try{let i=await e();if(t!==a)return;n.value=i,r.value=void 0}catch(e){t===a&&(r.value=e)}finally{t===a&&(i.value=!1)}}function l(){a++,n.value=void 0,r.value=void 0}let u=T();return t([()=>u.resumed,v],()=>void c()),d(()=>a=1/0),{data:n,error:r,busy:i,reload:c,clear:l}}export{B as n,M as r,V as t};