import{$ as e,B as t,D as n,E as r,I as i,J as a,M as o,N as s,O as c,T as l,ct as u,it as d,j as f,k as p,nt as m,rt as h}from"./vue-pwdLEm5r.js";import{$ as g,E as _,J as v,O as y,Ot as b,lt as x,rt as S,st as C,t as w}from"./live-BEofuUnh.js";import{P as T,v as E}from"./index-DsfD_S-V.js";var D=x.extend({name:`skeleton`,style:`
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
`,classes:{root:function(e){var t=e.props;return[`p-skeleton p-component`,{"p-skeleton-circle":t.shape===`circle`,"p-skeleton-animation-none":t.animation===`none`}]}},inlineStyles:{root:{position:`relative`}}}),O={name:`BaseSkeleton`,extends:C,props:{shape:{type:String,default:`rectangle`},size:{type:String,default:null},width:{type:String,default:`100%`},height:{type:String,default:`1rem`},borderRadius:{type:String,default:null},animation:{type:String,default:`wave`}},style:D,provide:function(){return{$pcSkeleton:this,$parentInstance:this}}};function k(e){"@babel/helpers - typeof";return k=typeof Symbol==`function`&&typeof Symbol.iterator==`symbol`?function(e){return typeof e}:function(e){return e&&typeof Symbol==`function`&&e.constructor===Symbol&&e!==Symbol.prototype?`symbol`:typeof e},k(e)}function A(e,t,n){return(t=j(t))in e?Object.defineProperty(e,t,{value:n,enumerable:!0,configurable:!0,writable:!0}):e[t]=n,e}function j(e){var t=M(e,`string`);return k(t)==`symbol`?t:t+``}function M(e,t){if(k(e)!=`object`||!e)return e;var n=e[Symbol.toPrimitive];if(n!==void 0){var r=n.call(e,t);if(k(r)!=`object`)return r;throw TypeError(`@@toPrimitive must return a primitive value.`)}return(t===`string`?String:Number)(e)}var N={name:`Skeleton`,extends:O,inheritAttrs:!1,computed:{containerStyle:function(){return this.size?{width:this.size,height:this.size,borderRadius:this.borderRadius}:{width:this.width,height:this.height,borderRadius:this.borderRadius}},dataP:function(){return b(A({},this.shape,this.shape))}}},P=[`data-p`];function F(e,n,r,a,o,s){return t(),p(`div`,i({class:e.cx(`root`),style:[e.sx(`root`),s.containerStyle],"aria-hidden":`true`},e.ptmi(`root`),{"data-p":s.dataP}),null,16,P)}N.render=F;var I={class:`flex flex-col items-center text-center px-4 py-12 gap-2`,role:`alert`,"data-testid":`error`},L={class:`font-semibold text-lg`},R={key:0,class:`text-muted-color max-w-md break-words`},z={key:1,class:`text-sm text-muted-color`},B={class:`mt-2 flex flex-wrap justify-center gap-2`},V=s({__name:`ErrorState`,props:{error:{}},emits:[`retry`],setup(e){let i=e,a=l(()=>v(i.error)),s=E(),m=l(()=>!g(i.error)||y.value===`open`?``:y.value===`reader`||y.value===`admin`?`Use another token`:`Sign in`);return(e,i)=>{let l=T,h=S;return t(),p(`div`,I,[i[3]||=r(`span`,{class:`grid place-items-center w-14 h-14 rounded-2xl bg-red-50 dark:bg-red-950 mb-2`},[r(`i`,{class:`pi pi-exclamation-circle text-2xl text-red-700 dark:text-red-300`,"aria-hidden":`true`})],-1),r(`p`,L,u(a.value.title),1),a.value.detail?(t(),p(`p`,R,u(a.value.detail),1)):c(``,!0),a.value.traceId?(t(),p(`p`,z,[i[2]||=f(` Trace `,-1),o(l,{id:a.value.traceId,label:`trace id`},null,8,[`id`])])):c(``,!0),r(`div`,B,[o(h,{label:`Try again`,icon:`pi pi-refresh`,severity:`secondary`,onClick:i[0]||=t=>e.$emit(`retry`)}),m.value?(t(),n(h,{key:0,label:m.value,icon:`pi pi-key`,onClick:i[1]||=e=>d(s).open(d(y)!==`anonymous`)},null,8,[`label`])):c(``,!0)])])}}});function H(t){let n=h(),r=h(),i=m(!1),o=l(()=>n.value===void 0&&r.value===void 0),s=0;async function c(){let e=++s;i.value=!0;try{let i=await t();if(e!==s)return;n.value=i,r.value=void 0}catch(t){if(e!==s)return;r.value=t,g(t)&&(n.value=void 0)}finally{e===s&&(i.value=!1)}}function u(){s++,n.value=void 0,r.value=void 0}let d=w();return a(()=>d.resumed,()=>void c()),_(e=>{e&&u(),c()}),e(()=>s=1/0),{data:n,error:r,busy:i,loading:o,reload:c,clear:u}}export{V as n,N as r,H as t};