import{E as e,H as t,N as n,Q as r,S as i,T as a,X as o,Z as s,b as c,k as l,nt as u,q as d,v as f,w as p,x as m,y as h}from"./vue-CVxzQs-Q.js";import{F as g,R as _,g as v,m as y}from"./orderWords-57wx58dx.js";import{B as b,F as x,L as S,N as C,a as w,k as T,u as E}from"./index-BBeSkvmL.js";var D=S.extend({name:`skeleton`,style:`
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
`,classes:{root:function(e){var t=e.props;return[`p-skeleton p-component`,{"p-skeleton-circle":t.shape===`circle`,"p-skeleton-animation-none":t.animation===`none`}]}},inlineStyles:{root:{position:`relative`}}}),O={name:`BaseSkeleton`,extends:x,props:{shape:{type:String,default:`rectangle`},size:{type:String,default:null},width:{type:String,default:`100%`},height:{type:String,default:`1rem`},borderRadius:{type:String,default:null},animation:{type:String,default:`wave`}},style:D,provide:function(){return{$pcSkeleton:this,$parentInstance:this}}};function k(e){"@babel/helpers - typeof";return k=typeof Symbol==`function`&&typeof Symbol.iterator==`symbol`?function(e){return typeof e}:function(e){return e&&typeof Symbol==`function`&&e.constructor===Symbol&&e!==Symbol.prototype?`symbol`:typeof e},k(e)}function A(e,t,n){return(t=j(t))in e?Object.defineProperty(e,t,{value:n,enumerable:!0,configurable:!0,writable:!0}):e[t]=n,e}function j(e){var t=M(e,`string`);return k(t)==`symbol`?t:t+``}function M(e,t){if(k(e)!=`object`||!e)return e;var n=e[Symbol.toPrimitive];if(n!==void 0){var r=n.call(e,t);if(k(r)!=`object`)return r;throw TypeError(`@@toPrimitive must return a primitive value.`)}return(t===`string`?String:Number)(e)}var N={name:`Skeleton`,extends:O,inheritAttrs:!1,computed:{containerStyle:function(){return this.size?{width:this.size,height:this.size,borderRadius:this.borderRadius}:{width:this.width,height:this.height,borderRadius:this.borderRadius}},dataP:function(){return b(A({},this.shape,this.shape))}}},P=[`data-p`];function F(e,t,r,a,o,s){return n(),i(`div`,l({class:e.cx(`root`),style:[e.sx(`root`),s.containerStyle],"aria-hidden":`true`},e.ptmi(`root`),{"data-p":s.dataP}),null,16,P)}N.render=F;var I={class:`flex flex-col items-center text-center px-4 py-12 gap-2`,role:`alert`,"data-testid":`error`},L={class:`font-semibold text-lg`},R={key:0,class:`text-muted-color max-w-md break-words`},z={key:1,class:`text-sm text-muted-color`},B={class:`mt-2 flex flex-wrap justify-center gap-2`},V=e({__name:`ErrorState`,props:{error:{}},emits:[`retry`],setup(e){let t=e,o=f(()=>g(t.error)),s=w(),l=f(()=>v.value===`reader`?`Use another token`:`Sign in`);return(t,d)=>{let f=T,g=C;return n(),i(`div`,I,[d[3]||=h(`span`,{class:`grid place-items-center w-14 h-14 rounded-2xl bg-red-50 dark:bg-red-950 mb-2`},[h(`i`,{class:`pi pi-exclamation-circle text-2xl text-red-700 dark:text-red-300`,"aria-hidden":`true`})],-1),h(`p`,L,u(o.value.title),1),o.value.detail?(n(),i(`p`,R,u(o.value.detail),1)):m(``,!0),o.value.traceId?(n(),i(`p`,z,[d[2]||=p(` Trace `,-1),a(f,{id:o.value.traceId,label:`trace id`},null,8,[`id`])])):m(``,!0),h(`div`,B,[a(g,{label:`Try again`,icon:`pi pi-refresh`,severity:`secondary`,onClick:d[0]||=e=>t.$emit(`retry`)}),r(_)(e.error)?(n(),c(g,{key:0,label:l.value,icon:`pi pi-key`,onClick:d[1]||=e=>r(s).open()},null,8,[`label`])):m(``,!0)])])}}});function H(e){let n=s(),r=s(),i=o(!1),a=0;async function c(){let t=++a;i.value=!0;try{let i=await e();if(t!==a)return;n.value=i,r.value=void 0}catch(e){if(t!==a)return;r.value=e,_(e)&&(n.value=void 0)}finally{t===a&&(i.value=!1)}}function l(){a++,n.value=void 0,r.value=void 0}let u=E();return t(()=>u.resumed,()=>void c()),y(e=>{e&&l(),c()}),d(()=>a=1/0),{data:n,error:r,busy:i,reload:c,clear:l}}export{V as n,N as r,H as t};